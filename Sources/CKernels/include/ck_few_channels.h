/// Convolutions between images of a few channels and images of many, channels last.
///
/// The few channels under all taps of the filter are one row of a matrix that is never made: products read it from the
/// image, with zeros around. Pads, strides and filters of any size; no dilation, no groups.
#pragma once
#include "ck_level.h"

enum {
  /// Pixels that a filter-gradient multiplies before it goes on to other taps.
  CK_FEW_ROWS = 64,
  /// Most taps along an axis, and four channels at most: rows of products are read past their end by as much.
  CK_FEW_TAPS = 8,
};

/// Everything that the tasks of one convolution need. `few` is the side that the filter slides over.
typedef struct {
  int64_t batch;
  int64_t few_channels, few_size[2];
  /// Multiples of 16.
  int64_t many_channels, many_size[2];
  int64_t taps[2], stride, pad[2];
  int64_t images_per_task;
  float *few, *many;
  /// `[taps · few_channels, many_channels]`, or for the gradient of `few` transposed, rows `columns` long.
  const float *filter;
  /// taps · few_channels, rounded up to 16.
  int64_t columns;
  /// A filter-gradient for each task, `[taps · few_channels, rounded up to 4][many_channels]`.
  float *gradients;
  int64_t gradient_size;
  /// Of each worker: an image with its pads; or `[pixels, columns]`, 4 · CK_FEW_TAPS more, and a row with its pads.
  float *scratch;
  int64_t scratch_size;
} ck_few_channels;
