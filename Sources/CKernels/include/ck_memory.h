/// Memory of the process.
#pragma once

#include <stdint.h>

/// Bytes that were allocated and not freed; -1 where the C library does not tell.
int64_t ck_heap_bytes(void);

/// Gives what was freed back to the system; the allocator keeps it otherwise.
void ck_release_heap(void);


/// Whether there is room for the buffers that OpenBLAS will map for `threads` threads that call it.
///
/// It would spin for ever where the system refuses one: ask before the first product. Room once found is not asked for
/// again, since OpenBLAS keeps its buffers.
int ck_has_product_buffers(int64_t threads);
