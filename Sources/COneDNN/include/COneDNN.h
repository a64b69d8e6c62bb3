/// Direct convolutions by oneDNN 2.x, one thread each, images with channels last; see `Sources/Execution` for how they are
/// spread over threads. Without ADVAS_ONEDNN no convolution can be made.
#pragma once
#include <stdint.h>

typedef enum { OD_FORWARD = 0, OD_INPUT_GRADIENT = 1, OD_FILTER_GRADIENT = 2 } od_direction;

/// Height before width; the filter is `[out, in / groups, kernel...]`.
typedef struct {
  int64_t batch, in_channels, out_channels, groups;
  int64_t in_size[2], out_size[2], kernel[2], stride[2], low[2], dilation[2];
} od_geometry;

/// Major, minor and patch of the library that is loaded; zeros where oneDNN is missing.
void od_version(int version[3]);

typedef struct od_convolution od_convolution;

/// Null where oneDNN is missing, refuses the shape, or would use one of its slow reference kernels.
od_convolution *od_convolution_create(const od_geometry *geometry, od_direction direction);
void od_convolution_destroy(od_convolution *convolution);

/// Bytes of the filter, or its gradient, in oneDNN's own order.
int64_t od_packed_bytes(const od_convolution *convolution);
/// 1 iff both keep the filter in the same order.
int od_packs_alike(const od_convolution *a, const od_convolution *b);
/// Bytes of working memory of one call.
int64_t od_scratch_bytes(const od_convolution *convolution);

/// A convolution with all its addresses.
typedef struct od_call od_call;

/// `x` and `y` are images, `filter` is packed; the direction says which of them is written. `scratch` has room for one
/// call per worker, one after the other, each rounded up to 64 bytes.
od_call *od_call_create(
  const od_convolution *convolution, float *x, float *filter, float *y, float *scratch,
  int64_t workers);
void od_call_destroy(od_call *call);
/// A task that runs call `task`; the context is an array of `od_call *`.
void od_run_calls(const void *context, int64_t task, int64_t worker);

/// A change of a filter's order between `[out, in, height, width]` and oneDNN's.
typedef struct od_packing od_packing;
od_packing *od_packing_create(
  const od_convolution *convolution, float *plain, float *packed, int packs);
void od_packing_destroy(od_packing *packing);
/// A task whose context is an `od_packing *`.
void od_run_packing(const void *context, int64_t task, int64_t worker);

/// `C = op(A) op(B) + beta C` of row-major matrices on the calling thread; 0 and nothing done where oneDNN is missing.
/// Its small products waste less on packing than OpenBLAS's.
int od_sgemm(
  int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
  const float *b, int64_t ldb, float beta, float *c, int64_t ldc);

/// Makes oneDNN use the calling thread only when that thread calls it.
void od_prepare_thread(void);
