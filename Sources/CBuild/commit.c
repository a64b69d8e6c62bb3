#include "CBuild.h"

#define TEXT_OF(tokens) #tokens
#define TEXT(tokens) TEXT_OF(tokens)

const char *cb_commit(void) {
#ifdef ADVAS_COMMIT
  return TEXT(ADVAS_COMMIT);
#else
  return "";
#endif
}
