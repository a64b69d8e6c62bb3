#pragma once
#include <oneapi/dnnl/dnnl.h>

#include "include/COneDNN.h"

/// Reordering of an operand into the order that the primitive wants, or back.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_desc_t plain, wanted;
  /// Of the wanted order; 0 where no reordering is needed.
  int64_t bytes;
} od_reorder;

struct od_convolution {
  od_direction direction;
  dnnl_engine_t engine;
  dnnl_primitive_desc_t descriptor;
  dnnl_primitive_t primitive;
  dnnl_memory_desc_t plain_filter, packed_filter, scratchpad;
  od_reorder x, y;
};

struct od_call {
  const od_convolution *convolution;
  dnnl_stream_t stream;
  dnnl_memory_t x, y, filter;
  int64_t workers;
  /// Per worker.
  dnnl_memory_t *x_wanted, *y_wanted, *scratchpad;
};

struct od_packing {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t primitive;
  dnnl_memory_t from, to;
};

/// Makes the reorder primitive between two orders of one tensor; null where oneDNN has none.
dnnl_primitive_t od_create_reorder(
  dnnl_engine_t engine, const dnnl_memory_desc_t *from, const dnnl_memory_desc_t *to);

static inline int64_t od_aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }
