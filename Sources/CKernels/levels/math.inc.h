// Scalar functions without branches or library calls, so that loops over them vectorise at every level.
// Coefficients: Cephes (Moshier) for exp, log and tanh, N. Juffa's erff. Errors are below 4 units in the last place.

static inline __attribute__((always_inline)) int32_t CK(bits)(float x) {
  int32_t i;
  __builtin_memcpy(&i, &x, 4);
  return i;
}

static inline __attribute__((always_inline)) float CK(from_bits)(int32_t i) {
  float x;
  __builtin_memcpy(&x, &i, 4);
  return x;
}

static inline __attribute__((always_inline)) float CK(abs)(float x) {
  return CK(from_bits)(CK(bits)(x) & 0x7fffffff);
}

static inline __attribute__((always_inline)) float CK(copy_sign)(float magnitude, float sign) {
  return CK(from_bits)((CK(bits)(magnitude) & 0x7fffffff) | (CK(bits)(sign) & (int32_t)0x80000000));
}

static inline __attribute__((always_inline)) float CK(exp)(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -105.0f ? -105.0f : x;
  // Adding 1.5·2²³ rounds to an integer and leaves it in the low bits.
  const float magic = 12582912.0f;
  float shifted = CK_FMA(x, 1.44269504088896341f, magic);
  int32_t n = CK(bits)(shifted) - 0x4b400000;
  float k = shifted - magic;
  float r = CK_FMA(k, -0.693359375f, x);
  r = CK_FMA(k, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = CK_FMA(p, r, 1.3981999507e-3f);
  p = CK_FMA(p, r, 8.3334519073e-3f);
  p = CK_FMA(p, r, 4.1665795894e-2f);
  p = CK_FMA(p, r, 1.6666665459e-1f);
  p = CK_FMA(p, r, 5.0000001201e-1f);
  p = CK_FMA(p, r * r, r) + 1.0f;
  // 2ⁿ in two factors, since n reaches from -151 to 128.
  int32_t half = n >> 1;
  return p * CK(from_bits)((half + 127) << 23) * CK(from_bits)((n - half + 127) << 23);
}

static inline __attribute__((always_inline)) float CK(log)(float x) {
  // Mantissa in √½..<√2, so that the exponent and the polynomial never cancel.
  int32_t bits = CK(bits)(x) - 0x3f3504f3;
  float e = (float)(bits >> 23);
  float m = CK(from_bits)((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
  float z = m * m;
  float p = 7.0376836292e-2f;
  p = CK_FMA(p, m, -1.1514610310e-1f);
  p = CK_FMA(p, m, 1.1676998740e-1f);
  p = CK_FMA(p, m, -1.2420140846e-1f);
  p = CK_FMA(p, m, 1.4249322787e-1f);
  p = CK_FMA(p, m, -1.6668057665e-1f);
  p = CK_FMA(p, m, 2.0000714765e-1f);
  p = CK_FMA(p, m, -2.4999993993e-1f);
  p = CK_FMA(p, m, 3.3333331174e-1f);
  float y = p * m * z;
  y = CK_FMA(e, -2.12194440e-4f, y);
  y = CK_FMA(z, -0.5f, y);
  float r = CK_FMA(e, 0.693359375f, m + y);
  const float infinity = __builtin_inff();
  r = x == infinity ? infinity : r;
  // Denormals count as 0.
  r = x < 1.17549435e-38f ? -infinity : r;
  r = x < 0.0f ? __builtin_nanf("") : r;
  return x != x ? x : r;
}

/// log(1 + t) for 0 ≤ t ≤ 1, as 2·artanh(t / (2 + t)): full relative accuracy down to the smallest t.
static inline __attribute__((always_inline)) float CK(log1p_unit)(float t) {
  float s = t / (2.0f + t);
  float z = s * s;
  float p = 6.6666667e-2f;
  p = CK_FMA(p, z, 7.6923077e-2f);
  p = CK_FMA(p, z, 9.0909091e-2f);
  p = CK_FMA(p, z, 1.1111111e-1f);
  p = CK_FMA(p, z, 1.4285715e-1f);
  p = CK_FMA(p, z, 2.0e-1f);
  p = CK_FMA(p, z, 3.3333334e-1f);
  float twice = s + s;
  return CK_FMA(p * z, twice, twice);
}

static inline __attribute__((always_inline)) float CK(softplus)(float x) {
  float r = (x > 0.0f ? x : 0.0f) + CK(log1p_unit)(CK(exp)(-CK(abs)(x)));
  return x != x ? x : r;
}

static inline __attribute__((always_inline)) float CK(sigmoid)(float x) {
  // e^-|x| never overflows; the small tail keeps its relative accuracy.
  float e = CK(exp)(-CK(abs)(x));
  float r = (x >= 0.0f ? 1.0f : e) / (1.0f + e);
  return x != x ? x : r;
}

static inline __attribute__((always_inline)) float CK(tanh)(float x) {
  float a = CK(abs)(x), z = x * x;
  float p = -5.70498872745e-3f;
  p = CK_FMA(p, z, 2.06390887954e-2f);
  p = CK_FMA(p, z, -5.37397155531e-2f);
  p = CK_FMA(p, z, 1.33314422036e-1f);
  p = CK_FMA(p, z, -3.33332819422e-1f);
  float small = CK_FMA(p * z, x, x);
  float large = 1.0f - 2.0f / (CK(exp)(a + a) + 1.0f);
  float r = a < 0.625f ? small : CK(copy_sign)(large, x);
  return x != x ? x : r;
}

static inline __attribute__((always_inline)) float CK(erf)(float x) {
  float t = CK(abs)(x), s = x * x;
  float p = CK_FMA(-1.72853470e-5f, t, 3.83197126e-4f);
  float u = CK_FMA(-3.88396438e-3f, t, 2.42546219e-2f);
  p = CK_FMA(p, s, u);
  p = CK_FMA(p, t, -1.06777877e-1f);
  p = CK_FMA(p, t, -6.34846687e-1f);
  p = CK_FMA(p, t, -1.28717512e-1f);
  p = CK_FMA(p, t, -t);
  // Beyond 4 the result is 1; the polynomial must not leave its range there.
  float large = t > 4.0f ? 1.0f : 1.0f - CK(exp)(p);
  float q = -5.96761703e-4f;
  q = CK_FMA(q, s, 4.99119423e-3f);
  q = CK_FMA(q, s, -2.67681349e-2f);
  q = CK_FMA(q, s, 1.12819925e-1f);
  q = CK_FMA(q, s, -3.76125336e-1f);
  q = CK_FMA(q, s, 1.28379166e-1f);
  float r = t > 0.921875f ? CK(copy_sign)(large, x) : CK_FMA(q, x, x);
  return x != x ? x : r;
}

/// ω with ω + log ω = x: the iteration of Iacono and Boyd (2017), from their starting point.
static inline __attribute__((always_inline)) float CK(wright_omega)(float x) {
  float l = CK(softplus)(x);
  float w = l * (1.0f - CK(log)(1.0f + l) / (2.0f + l));
  w = w / (1.0f + w) * (1.0f + (x - CK(log)(w)));
  w = w / (1.0f + w) * (1.0f + (x - CK(log)(w)));
  w = w / (1.0f + w) * (1.0f + (x - CK(log)(w)));
  // Far to the left x - log ω cancels; there ω = e - e² + 3/2 e³ - 8/3 e⁴ + ... with e = exp(x).
  float e = CK(exp)(x);
  float left = e * (1.0f - e * (1.0f - e * (1.5f - e * 2.6666667f)));
  w = x < -5.0f ? left : w;
  return x == __builtin_inff() ? x : w;
}
