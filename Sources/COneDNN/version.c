#include "COneDNN.h"

#ifdef ADVAS_ONEDNN
#include <oneapi/dnnl/dnnl.h>

void od_version(int version[3]) {
  const dnnl_version_t *v = dnnl_version();
  version[0] = v->major, version[1] = v->minor, version[2] = v->patch;
}
#else
void od_version(int version[3]) { version[0] = version[1] = version[2] = 0; }
#endif
