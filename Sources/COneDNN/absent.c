#if !defined(ADVAS_ONEDNN)
#include <stddef.h>

#include "include/COneDNN.h"

// Without oneDNN no convolution exists, so nothing below is reached with one.
od_convolution *od_convolution_create(const od_geometry *geometry, od_direction direction) {
  (void)geometry, (void)direction;
  return NULL;
}
void od_convolution_destroy(od_convolution *c) { (void)c; }
int od_packs_alike(const od_convolution *a, const od_convolution *b) { return (void)a, (void)b, 1; }
int64_t od_packed_bytes(const od_convolution *c) { return (void)c, 0; }
int64_t od_scratch_bytes(const od_convolution *c) { return (void)c, 0; }
od_call *od_call_create(
  const od_convolution *c, float *x, float *filter, float *y, float *scratch, int64_t workers
) {
  (void)c, (void)x, (void)filter, (void)y, (void)scratch, (void)workers;
  return NULL;
}
void od_call_destroy(od_call *call) { (void)call; }
void od_run_calls(const void *context, int64_t task, int64_t worker) {
  (void)context, (void)task, (void)worker;
}
od_packing *od_packing_create(const od_convolution *c, float *plain, float *packed, int packs) {
  (void)c, (void)plain, (void)packed, (void)packs;
  return NULL;
}
void od_packing_destroy(od_packing *p) { (void)p; }
void od_run_packing(const void *context, int64_t task, int64_t worker) {
  (void)context, (void)task, (void)worker;
}
void od_prepare_thread(void) {}
#endif
