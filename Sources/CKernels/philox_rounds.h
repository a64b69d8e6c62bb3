#ifndef ADVAS_PHILOX_ROUNDS_H
#define ADVAS_PHILOX_ROUNDS_H

#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

/// Philox4x32-10 on the counter `c` under the key (k0, k1), in place.
INLINE void philox_rounds(uint32_t c[4], uint32_t k0, uint32_t k1) {
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c[0];
    uint64_t p1 = (uint64_t)0xCD9E8D57u * c[2];
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c[1] ^ k0;
    uint32_t n2 = (uint32_t)(p0 >> 32) ^ c[3] ^ k1;
    c[0] = n0;
    c[1] = (uint32_t)p1;
    c[2] = n2;
    c[3] = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

#endif
