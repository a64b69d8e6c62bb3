#include "probe.h"

// The library's names of types are macros that open it first, which Swift does not see.
static inline hid_t advas_h5_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t advas_h5_float(void) { return H5T_NATIVE_FLOAT; }
