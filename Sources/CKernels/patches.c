#include "include/ck_patches.h"

#include <string.h>

static inline void add(float *target, const float *source, int64_t n) {
  for (int64_t i = 0; i < n; i++) target[i] += source[i];
}

/// Taps first..<end of a row of the kernel whose column lies inside the image when the first is at `x`.
static inline void inside(
  int64_t x, int64_t dilation, int64_t width, int64_t taps, int64_t *first, int64_t *end
) {
  *first = x >= 0 ? 0 : (-x + dilation - 1) / dilation;
  *end = x >= width ? 0 : (width - x + dilation - 1) / dilation;
  if (*first > taps) *first = taps;
  if (*end > taps) *end = taps;
  if (*end < *first) *end = *first;
}

void ck_patches_nhwc(
  const ck_patch_geometry *g, const float *image, float *patches, int64_t from, int64_t to
) {
  int64_t c = g->group_channels, taps = g->kernel_width;
  for (int64_t p = from; p < to; p++) {
    for (int64_t q = 0; q < g->out_width; q++) {
      int64_t x = q * g->stride_x - g->low_x, first, end;
      inside(x, g->dilation_x, g->width, taps, &first, &end);
      for (int64_t r = 0; r < g->kernel_height; r++, patches += taps * c) {
        int64_t y = p * g->stride_y + r * g->dilation_y - g->low_y;
        if (y < 0 || y >= g->height) {
          memset(patches, 0, (size_t)(taps * c) * sizeof(float));
          continue;
        }
        const float *row = image + (y * g->width + x) * g->channels;
        for (int64_t i = 0; i < first * c; i++) patches[i] = 0;
        for (int64_t i = end * c; i < taps * c; i++) patches[i] = 0;
        if (g->dilation_x == 1 && c == g->channels) {
          memcpy(patches + first * c, row + first * c, (size_t)((end - first) * c) * sizeof(float));
        } else {
          for (int64_t t = first; t < end; t++) {
            memcpy(
              patches + t * c, row + t * g->dilation_x * g->channels, (size_t)c * sizeof(float));
          }
        }
      }
    }
  }
}

void ck_unpatch_nhwc(
  const ck_patch_geometry *g, const float *patches, float *image, int64_t from, int64_t to
) {
  int64_t c = g->group_channels, taps = g->kernel_width;
  for (int64_t p = from; p < to; p++) {
    for (int64_t q = 0; q < g->out_width; q++) {
      int64_t x = q * g->stride_x - g->low_x, first, end;
      inside(x, g->dilation_x, g->width, taps, &first, &end);
      for (int64_t r = 0; r < g->kernel_height; r++, patches += taps * c) {
        int64_t y = p * g->stride_y + r * g->dilation_y - g->low_y;
        if (y < 0 || y >= g->height) continue;
        float *row = image + (y * g->width + x) * g->channels;
        if (g->dilation_x == 1 && c == g->channels) {
          add(row + first * c, patches + first * c, (end - first) * c);
        } else {
          for (int64_t t = first; t < end; t++) {
            add(row + t * g->dilation_x * g->channels, patches + t * c, c);
          }
        }
      }
    }
  }
}

/// Columns q in first..<end read inside the image when column 0 is at `x`.
static inline void columns_inside(
  const ck_patch_geometry *g, int64_t x, int64_t *first, int64_t *end
) {
  inside(x, g->stride_x, g->width, g->out_width, first, end);
}

void ck_patches_nchw(
  const ck_patch_geometry *g, const float *image, float *patches, int64_t from, int64_t to
) {
  for (int64_t c = 0; c < g->group_channels; c++, image += g->height * g->width) {
    for (int64_t r = 0; r < g->kernel_height; r++) {
      for (int64_t t = 0; t < g->kernel_width; t++) {
        int64_t x = t * g->dilation_x - g->low_x, first, end;
        columns_inside(g, x, &first, &end);
        for (int64_t p = from; p < to; p++, patches += g->out_width) {
          int64_t y = p * g->stride_y + r * g->dilation_y - g->low_y;
          if (y < 0 || y >= g->height) {
            memset(patches, 0, (size_t)g->out_width * sizeof(float));
            continue;
          }
          const float *row = image + y * g->width + x;
          for (int64_t q = 0; q < first; q++) patches[q] = 0;
          if (g->stride_x == 1) {
            memcpy(patches + first, row + first, (size_t)(end - first) * sizeof(float));
          } else {
            for (int64_t q = first; q < end; q++) patches[q] = row[q * g->stride_x];
          }
          for (int64_t q = end; q < g->out_width; q++) patches[q] = 0;
        }
      }
    }
  }
}

void ck_unpatch_nchw(
  const ck_patch_geometry *g, const float *patches, float *image, int64_t from, int64_t to
) {
  for (int64_t c = 0; c < g->group_channels; c++, image += g->height * g->width) {
    for (int64_t r = 0; r < g->kernel_height; r++) {
      for (int64_t t = 0; t < g->kernel_width; t++) {
        int64_t x = t * g->dilation_x - g->low_x, first, end;
        columns_inside(g, x, &first, &end);
        for (int64_t p = from; p < to; p++, patches += g->out_width) {
          int64_t y = p * g->stride_y + r * g->dilation_y - g->low_y;
          if (y < 0 || y >= g->height) continue;
          float *row = image + y * g->width + x;
          if (g->stride_x == 1) {
            add(row + first, patches + first, end - first);
          } else {
            for (int64_t q = first; q < end; q++) row[q * g->stride_x] += patches[q];
          }
        }
      }
    }
  }
}
