#include "include/ck_memory.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

int64_t ck_heap_bytes(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  struct mallinfo2 info = mallinfo2();
  return (int64_t)(info.uordblks + info.hblkhd);
#else
  return -1;
#endif
}

void ck_release_heap(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
