#include "philox.h"

#include "ck_level.h"
#include "philox_rounds.h"

#include <string.h>

// Every loop below is plain IEEE arithmetic without contraction and without libm, so the compiler may vectorise it
// for any instruction set and still give the same bytes.

enum { TILE_BLOCKS = 64, TILE = 4 * TILE_BLOCKS };

typedef struct {
  float a, b;
} parameters;

// MARK: Tiles of words

/// Lane l of block `block + b` goes to w[l][b].
INLINE void tile_of_words(
    const advas_philox_place *place, uint64_t block, uint32_t w[4][TILE_BLOCKS]) {
  const uint32_t k0 = (uint32_t)place->seed, k1 = (uint32_t)(place->seed >> 32);
  const uint32_t stream = place->stream, step = place->step;
#pragma clang loop vectorize(enable)
  for (uint32_t b = 0; b < TILE_BLOCKS; b++) {
    uint64_t n = block + b;
    uint32_t c[4] = {(uint32_t)n, (uint32_t)(n >> 32), stream, step};
    philox_rounds(c, k0, k1);
    w[0][b] = c[0];
    w[1][b] = c[1];
    w[2][b] = c[2];
    w[3][b] = c[3];
  }
}

// MARK: Functions of a word

INLINE double bits_to_double(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE uint64_t double_to_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/// -2 log((word + 1/2) / 2^32), never below 0 and at most 45.8.
INLINE double minus_two_log(uint32_t word) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)), then log m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716.
  uint64_t bits = double_to_bits((double)word + 0.5);
  uint64_t exponent = (bits - 0x3fe6a09e667f3bcdu + 0x3ff0000000000000u) >> 52;
  double m = bits_to_double(bits - (exponent << 52) + 0x3ff0000000000000u);
  double e = (double)((int32_t)exponent - 1023 - 32);
  double s = (m - 1.0) / (m + 1.0);
  double q = s * s;
  double p = 1.0 / 17;
  p = p * q + 1.0 / 15;
  p = p * q + 1.0 / 13;
  p = p * q + 1.0 / 11;
  p = p * q + 1.0 / 9;
  p = p * q + 1.0 / 7;
  p = p * q + 1.0 / 5;
  p = p * q + 1.0 / 3;
  double log_m = 2.0 * s + 2.0 * s * (q * p);
  return -2.0 * (e * 0x1.62e42fefa39efp-1 + log_m);
}

/// Sine and cosine of t radians, |t| <= pi/4, Taylor to below 1e-14.
INLINE void small_circle(double t, double *cosine, double *sine) {
  double q = t * t;
  double s = 1.0 / 6227020800;
  s = s * q - 1.0 / 39916800;
  s = s * q + 1.0 / 362880;
  s = s * q - 1.0 / 5040;
  s = s * q + 1.0 / 120;
  s = s * q - 1.0 / 6;
  double c = -1.0 / 87178291200;
  c = c * q + 1.0 / 479001600;
  c = c * q - 1.0 / 3628800;
  c = c * q + 1.0 / 40320;
  c = c * q - 1.0 / 720;
  c = c * q + 1.0 / 24;
  c = c * q - 0.5;
  *sine = t + t * (q * s);
  *cosine = 1.0 + q * c;
}

/// Turns (cosine, sine) by `quarter` quarter circles, without a branch.
INLINE void turn(uint32_t quarter, double c, double s, double *cosine, double *sine) {
  double x = quarter & 1 ? s : c;
  double y = quarter & 1 ? c : s;
  *cosine = (quarter + 1) & 2 ? -x : x;
  *sine = quarter & 2 ? -y : y;
}

/// The angle (word + 1/2) / 2^32 of a circle; the reduction to an eighth is exact because it is done on integers.
INLINE void word_circle(uint32_t word, double *cosine, double *sine) {
  uint32_t quarter = (word + 0x20000000u) >> 30;
  int32_t rest = (int32_t)(word - (quarter << 30));
  double c, s;
  small_circle(((double)rest + 0.5) * (0x1.921fb54442d18p+2 * 0x1p-32), &c, &s);
  turn(quarter, c, s, cosine, sine);
}

void advas_philox_circle(double turns, double *cosine, double *sine) {
  double scaled = turns * 4.0;
  int64_t quarter = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  double c, s;
  small_circle((scaled - (double)quarter) * 0x1.921fb54442d18p+0, &c, &s);
  turn((uint32_t)quarter & 3, c, s, cosine, sine);
}

// MARK: Tiles of numbers

INLINE void tile_uniform(
    const uint32_t w[4][TILE_BLOCKS], float *restrict out, double low, double span, float top) {
#pragma clang loop vectorize(enable)
  for (int b = 0; b < TILE_BLOCKS; b++) {
    for (int l = 0; l < 4; l++) {
      float v = (float)(low + span * ((double)(int32_t)(w[l][b] >> 8) * 0x1p-24));
      out[4 * b + l] = v < top ? v : top;
    }
  }
}

INLINE void tile_normal(
    uint32_t w[4][TILE_BLOCKS], float *restrict out, float mean, float deviation) {
  float z[4][TILE_BLOCKS];
  for (int pair = 0; pair < 4; pair += 2) {
#pragma clang loop vectorize(enable)
    for (int b = 0; b < TILE_BLOCKS; b++) {
      float r = __builtin_sqrtf((float)minus_two_log(w[pair][b]));
      double c, s;
      word_circle(w[pair + 1][b], &c, &s);
      z[pair][b] = mean + deviation * (r * (float)c);
      z[pair + 1][b] = mean + deviation * (r * (float)s);
    }
  }
#pragma clang loop vectorize(enable)
  for (int b = 0; b < TILE_BLOCKS; b++) {
    for (int l = 0; l < 4; l++) out[4 * b + l] = z[l][b];
  }
}

/// Calls `emit(tile of words, 4-byte out)` on whole tiles; the ragged ends go through a buffer. A tile starts at the
/// block of the first element, so where a fill is cut never matters.
#define FOR_EACH_TILE(type, emit)                                      \
  uint64_t element = place->first;                                     \
  while (count > 0) {                                                  \
    uint32_t w[4][TILE_BLOCKS];                                        \
    size_t skip = (size_t)(element & 3);                               \
    tile_of_words(place, element >> 2, w);                             \
    if (skip == 0 && count >= TILE) {                                  \
      type *to = out;                                                  \
      emit;                                                            \
      element += TILE, out += TILE, count -= TILE;                     \
    } else {                                                           \
      type buffer[TILE];                                               \
      type *to = buffer;                                               \
      size_t n = TILE - skip < count ? TILE - skip : count;            \
      emit;                                                            \
      memcpy(out, buffer + skip, n * sizeof(type));                    \
      element += n, out += n, count -= n;                              \
    }                                                                  \
  }

INLINE void words_body(const advas_philox_place *place, uint32_t *out, size_t count) {
  FOR_EACH_TILE(uint32_t, {
    for (int b = 0; b < TILE_BLOCKS; b++) {
      for (int l = 0; l < 4; l++) to[4 * b + l] = w[l][b];
    }
  })
}

INLINE void uniform_body(
    const advas_philox_place *place, float *out, size_t count, parameters range) {
  // The largest float below `high`: rounding may reach `high`, which the half-open range excludes.
  float top = range.a;
  if (range.a < range.b) {
    uint32_t bits;
    memcpy(&bits, &range.b, sizeof bits);
    bits = range.b > 0 ? bits - 1 : range.b < 0 ? bits + 1 : 0x80000001u;
    memcpy(&top, &bits, sizeof top);
  }
  double low = range.a, span = range.a < range.b ? (double)range.b - (double)range.a : 0;
  FOR_EACH_TILE(float, tile_uniform(w, to, low, span, top))
}

INLINE void normal_body(
    const advas_philox_place *place, float *out, size_t count, parameters p) {
  FOR_EACH_TILE(float, tile_normal(w, to, p.a, p.b))
}

// MARK: Variants

#define VARIANT(suffix, attributes)                                                          \
  attributes static void words_##suffix(                                                     \
      const advas_philox_place *place, uint32_t *out, size_t count, parameters p) {          \
    (void)p;                                                                                 \
    words_body(place, out, count);                                                           \
  }                                                                                          \
  attributes static void uniform_##suffix(                                                   \
      const advas_philox_place *place, float *out, size_t count, parameters p) {             \
    uniform_body(place, out, count, p);                                                      \
  }                                                                                          \
  attributes static void normal_##suffix(                                                    \
      const advas_philox_place *place, float *out, size_t count, parameters p) {             \
    normal_body(place, out, count, p);                                                       \
  }

VARIANT(portable, )
#if defined(__x86_64__)
VARIANT(avx2, __attribute__((target("avx2"))))
VARIANT(avx512, __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw"))))
#endif

int advas_philox_variants(void) {
#if defined(__x86_64__)
  if (ck_limit() < CK_AVX2 || !__builtin_cpu_supports("avx2")) return 1;
  if (ck_limit() < CK_AVX512) return 2;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl")
      || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512bw"))
    return 2;
  return 3;
#else
  return 1;
#endif
}

#if defined(__x86_64__)
#define DISPATCH(name, variant, ...)                                \
  switch (variant) {                                                \
    case 2: name##_avx512(__VA_ARGS__); break;                      \
    case 1: name##_avx2(__VA_ARGS__); break;                        \
    default: name##_portable(__VA_ARGS__); break;                   \
  }
#else
#define DISPATCH(name, variant, ...) \
  (void)(variant);                   \
  name##_portable(__VA_ARGS__);
#endif

void advas_philox_words_variant(
    int variant, const advas_philox_place *place, uint32_t *out, size_t count) {
  parameters none = {0, 0};
  DISPATCH(words, variant, place, out, count, none)
}

void advas_philox_uniform_variant(
    int variant, const advas_philox_place *place, float *out, size_t count, float low,
    float high) {
  parameters range = {low, high};
  DISPATCH(uniform, variant, place, out, count, range)
}

void advas_philox_normal_variant(
    int variant, const advas_philox_place *place, float *out, size_t count, float mean,
    float deviation) {
  parameters p = {mean, deviation};
  DISPATCH(normal, variant, place, out, count, p)
}

void advas_philox_words(const advas_philox_place *place, uint32_t *out, size_t count) {
  advas_philox_words_variant(advas_philox_variants() - 1, place, out, count);
}

void advas_philox_uniform(
    const advas_philox_place *place, float *out, size_t count, float low, float high) {
  advas_philox_uniform_variant(advas_philox_variants() - 1, place, out, count, low, high);
}

void advas_philox_normal(
    const advas_philox_place *place, float *out, size_t count, float mean, float deviation) {
  advas_philox_normal_variant(advas_philox_variants() - 1, place, out, count, mean, deviation);
}

void advas_philox_block(const uint32_t *counter, const uint32_t *key, uint32_t *out) {
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  philox_rounds(c, key[0], key[1]);
  memcpy(out, c, sizeof c);
}
