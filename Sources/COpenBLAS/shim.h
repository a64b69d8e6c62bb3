#pragma once
#include <cblas.h>
#include <stddef.h>

// LAPACK is part of OpenBLAS, but its C header is a package of its own. Fortran's calling convention: everything by
// address, matrices by columns, and the lengths of strings behind the other arguments.

/// Singular values, and with `jobz` other than N vectors, of a matrix of m rows and n columns.
void dgesdd_(
  const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u, const int *ldu,
  double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info, size_t jobz_length);

/// Eigenvalues, ascending, and with `jobz` V vectors, of a symmetric matrix.
void dsyevd_(
  const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
  const int *lwork, int *iwork, const int *liwork, int *info, size_t jobz_length, size_t uplo_length);

/// A = L Q, with L in the lower triangle of what was A.
void dgelqf_(
  const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
