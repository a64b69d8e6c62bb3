/// Convolutions by Winograd's minimal filtering, images channels last.
///
/// One convolution is three changes of basis around products of matrices. With A, B, G of `winograd_matrices.inc.h`,
/// the trilinear form of a 4 x 4 tile of results g, the input tile x under it and the filter w is
///
///     <g, x * w> = sum over points of  (A g A')  (B x B')  (G w G')
///
/// so each direction changes two of them, multiplies for each point, and changes back with the third's transpose.
/// A stride s splits input and filter into s x s phases, which are just more input channels.
#pragma once
#include "ck_level.h"

enum {
  /// Results of a tile along each axis.
  CK_WINOGRAD_TILE = 4,
  /// Most points along an axis.
  CK_WINOGRAD_POINTS = 6,
  /// Tiles whose products a worker holds at a time; a multiple of the rows of the product kernel.
  CK_WINOGRAD_BLOCK = 66,
  /// Input channels of a filter-gradient that a worker holds at a time; channels are multiples of it.
  CK_WINOGRAD_CHANNELS = 16,
  /// Tiles that a task changes.
  CK_WINOGRAD_TILES_PER_TASK = 8,
  /// Elements that rows of changed tiles are padded by: rows a power of two apart would share cache sets.
  CK_WINOGRAD_PAD = 16,
};

/// Everything that the tasks of one block of images need.
typedef struct {
  /// Channels of changed tiles and filters, multiples of 16, and those of them that memory has; the others are zero.
  int64_t in_channels, out_channels, in_stored, out_stored;
  int64_t in_size[2], out_size[2];
  /// Taps of the filter and distance of neighbouring results; `taps <= 3 * stride`.
  int64_t taps[2], stride, pad[2];
  /// Points along an axis: 5 with up to two taps a phase, 6 with three.
  int64_t points;
  /// Tiles along each axis of an image.
  int64_t tiles[2];
  /// Images of this block, from `image` on, and of one task of a product; all where a task sees all.
  int64_t image, images, images_per_task;
  /// Panels (columns of the product) of this range, from `panel` on.
  int64_t panel, panels;
  /// Whether later blocks add to `sums`, and earlier ones did.
  int32_t is_first, is_last;
  const float *x, *w, *y;
  float *result;
  /// Changed tiles `[points², rows, phases · in_channels + pad]` and `[points², rows, out_channels + pad]`.
  float *in_tiles, *out_tiles;
  /// Changed filters `[points², panel][depth, panel width]`.
  float *filters;
  /// Per worker, `[points², block, panel width]`; or, where the blocks of a filter-gradient are several, per task.
  float *sums;
} ck_winograd;
