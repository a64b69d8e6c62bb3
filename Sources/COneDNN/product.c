#include "COneDNN.h"

#ifdef ADVAS_ONEDNN
#include <oneapi/dnnl/dnnl.h>

int od_sgemm(
  int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
  const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  dnnl_status_t status = dnnl_sgemm(
    transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1.0f, a, lda, b, ldb, beta, c, ldc);
  return status == dnnl_success;
}
#else
int od_sgemm(
  int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a, int64_t lda,
  const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
  (void)transpose_a, (void)transpose_b, (void)m, (void)n, (void)k, (void)a, (void)lda, (void)b;
  (void)ldb, (void)beta, (void)c, (void)ldc;
  return 0;
}
#endif
