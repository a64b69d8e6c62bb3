/// What the process holds of the C library's heap.
#pragma once
#include <stdint.h>

/// Bytes handed out by malloc and not yet freed; -1 where the C library does not say.
int64_t ck_heap_in_use(void);
