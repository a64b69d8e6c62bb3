#include "include/ck_memory.h"

#include <stdatomic.h>
#include <sys/mman.h>

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

int ck_has_product_buffers(int64_t threads) {
  // On any processor and in any version; where it is less, a close limit is met too early, but with a message.
  static const int64_t buffer_size = 128 << 20;
  static _Atomic int64_t granted;
  int64_t before = atomic_load(&granted);
  if (threads <= before) return 1;
  size_t size = (size_t)((threads - before) * buffer_size);
  // OpenBLAS maps them one by one and uses little of each, so that room for addresses is asked for and no memory.
  void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return 0;
  munmap(room, size);
  atomic_store(&granted, threads);
  return 1;
}
