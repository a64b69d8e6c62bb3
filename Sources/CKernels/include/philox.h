// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel Random Numbers: As Easy as
// 1, 2, 3", SC 2011). A number is a function of its place, so no order of drawing and no thread count can change it.
#ifndef ADVAS_PHILOX_H
#define ADVAS_PHILOX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Where a run of numbers starts. Element i of stream s at step t is lane i % 4 of the block with
/// counter (i / 4 low, i / 4 high, s, t) under the key `seed`.
typedef struct {
  uint64_t seed;
  uint32_t stream;
  uint32_t step;
  /// Index of the first element.
  uint64_t first;
} advas_philox_place;

/// One block of ten rounds: `out` and `counter` have four words, `key` has two.
void advas_philox_block(const uint32_t *counter, const uint32_t *key, uint32_t *out);

/// `count` raw words.
void advas_philox_words(const advas_philox_place *place, uint32_t *out, size_t count);

/// `count` floats in [low, high), or all `low` where the range is empty; 24 random bits each.
void advas_philox_uniform(
    const advas_philox_place *place, float *out, size_t count, float low, float high);

/// `count` normal floats by Box-Muller: elements 2j and 2j+1 are r cos a and r sin a of words 2j and 2j+1.
void advas_philox_normal(
    const advas_philox_place *place, float *out, size_t count, float mean, float deviation);

/// Replaces each of `count` indices below `things` (1 to 2^32) by what a permutation of all of them puts there. Its
/// numbers are blocks 2^32 and beyond of the place's stream and step; `first` does not count.
void advas_philox_permute(
    const advas_philox_place *place, uint64_t things, uint32_t *indices, size_t count);

/// Cosine and sine of `turns` full circles, |turns| < 2^31, to about 1e-14; the polynomials of the normal numbers.
void advas_philox_circle(double turns, double *cosine, double *sine);

/// How many compiled variants of the loops this processor can run; variant 0 is the portable one.
int advas_philox_variants(void);

/// The calls above through a chosen variant. All variants give the same bytes; tests hold them to it.
void advas_philox_words_variant(
    int variant, const advas_philox_place *place, uint32_t *out, size_t count);
void advas_philox_uniform_variant(
    int variant, const advas_philox_place *place, float *out, size_t count, float low, float high);
void advas_philox_normal_variant(
    int variant, const advas_philox_place *place, float *out, size_t count, float mean,
    float deviation);

#ifdef __cplusplus
}
#endif

#endif
