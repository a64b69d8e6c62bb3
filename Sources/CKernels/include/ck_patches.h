/// Patches of images (im2col) and their adjoint, for convolutions as matrix products.
#pragma once
#include <stdint.h>

/// A convolution's geometry, as in Swift's `ConvolutionGeometry`, sizes of one image and one group.
typedef struct {
  /// Channels of the whole image, and those of the group.
  int64_t channels, group_channels;
  int64_t height, width, out_height, out_width;
  int64_t kernel_height, kernel_width, stride_y, stride_x, low_y, low_x, dilation_y, dilation_x;
} ck_patch_geometry;

/// Channels last. `image` points at the group's first channel; writes `[(to - from) · out_width, kh · kw · group_channels]`
/// for output rows from..<to.
void ck_patches_nhwc(
  const ck_patch_geometry *g, const float *image, float *patches, int64_t from, int64_t to);
/// Adds patches back into the image.
void ck_unpatch_nhwc(
  const ck_patch_geometry *g, const float *patches, float *image, int64_t from, int64_t to);
/// Channels first: writes `[group_channels · kh · kw, (to - from) · out_width]`.
void ck_patches_nchw(
  const ck_patch_geometry *g, const float *image, float *patches, int64_t from, int64_t to);
void ck_unpatch_nchw(
  const ck_patch_geometry *g, const float *patches, float *image, int64_t from, int64_t to);
