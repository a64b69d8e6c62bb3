#pragma once
#include <oneapi/dnnl/dnnl.h>

#include "include/COneDNN.h"

struct od_convolution {
  od_direction direction;
  dnnl_engine_t engine;
  dnnl_primitive_desc_t descriptor;
  dnnl_primitive_t primitive;
  dnnl_memory_desc_t x, y, plain_filter, packed_filter, scratchpad;
};

struct od_call {
  const od_convolution *convolution;
  dnnl_stream_t stream;
  dnnl_memory_t x, y, filter;
  int64_t workers;
  /// Per worker.
  dnnl_memory_t *scratchpads;
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
