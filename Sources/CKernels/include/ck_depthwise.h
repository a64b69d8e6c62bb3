/// Convolutions of every channel with a filter of its own, channels last, and their input-gradients.
///
/// Each result is the sum of some pixels times the filter's taps, lanes running along the channels. Strides, pads and
/// dilations of any size, and filters of up to CK_DEPTHWISE_TAPS taps.
#pragma once
#include "ck_level.h"

enum {
  /// Most taps of a filter.
  CK_DEPTHWISE_TAPS = 64,
  /// Results that share what they read of the filter: neighbours, or for input-gradients those a stride apart.
  CK_DEPTHWISE_PIXELS = 4,
};

/// Everything that the tasks of one convolution need: `source` is read, `target` written; of an input-gradient the
/// source is the convolution's output.
typedef struct {
  int64_t batch, channels, source_size[2], target_size[2];
  int64_t taps[2], stride[2], pad[2], dilation[2];
  /// Whether this is an input-gradient.
  int32_t adjoint;
  /// Rows of the target, of all images, that a task computes.
  int64_t rows_per_task;
  const float *source;
  float *target;
  /// `[taps, channels]`.
  const float *filter;
} ck_depthwise;
