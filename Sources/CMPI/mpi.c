#if defined(ADVAS_MPI)
#include <mpi.h>
#include <string.h>

#include "include/CMPI.h"

// A duplicate, so that nobody else's messages can meet ours.
static MPI_Comm ours = MPI_COMM_NULL;
static int32_t own_rank, rank_count;

// The larger of two, or NaN where one of them is: MPI_MAX may drop it, and then a loss that has blown up on one rank
// looks finite to the others.
static MPI_Op larger = MPI_OP_NULL;

// Counts of MPI 3 are ints.
static const int64_t most = 1 << 28;

int32_t cmpi_is_present(void) { return 1; }

static void keep_larger(void *part, void *result, int *count, MPI_Datatype *type) {
  if (*type == MPI_DOUBLE) {
    double *in = part, *out = result;
    for (int i = 0; i < *count; i++)
      if (in[i] > out[i] || in[i] != in[i]) out[i] = in[i];
  } else {
    float *in = part, *out = result;
    for (int i = 0; i < *count; i++)
      if (in[i] > out[i] || in[i] != in[i]) out[i] = in[i];
  }
}

int32_t cmpi_initialize(int32_t *rank, int32_t *ranks, int32_t *local_ranks) {
  int level, local;
  int error = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
  if (error) return error;
  if (level < MPI_THREAD_FUNNELED) return MPI_ERR_OTHER;
  if ((error = MPI_Comm_dup(MPI_COMM_WORLD, &ours))) return error;
  MPI_Comm_set_errhandler(ours, MPI_ERRORS_RETURN);
  if ((error = MPI_Op_create(keep_larger, 1, &larger))) return error;
  MPI_Comm host;
  if ((error = MPI_Comm_split_type(ours, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host))) return error;
  MPI_Comm_size(host, &local);
  MPI_Comm_free(&host);
  MPI_Comm_rank(ours, &own_rank);
  MPI_Comm_size(ours, &rank_count);
  *rank = own_rank, *ranks = rank_count, *local_ranks = local;
  return 0;
}

static MPI_Datatype datatype(cmpi_type type) { return type == CMPI_DOUBLE ? MPI_DOUBLE : MPI_FLOAT; }

static int64_t width(cmpi_type type) { return type == CMPI_DOUBLE ? 8 : 4; }

static int32_t reduce(void *values, int64_t count, cmpi_type type, MPI_Op operation) {
  for (; count > 0; count -= most, values = (char *)values + most * width(type)) {
    int piece = (int)(count < most ? count : most);
    int error = MPI_Allreduce(MPI_IN_PLACE, values, piece, datatype(type), operation, ours);
    if (error) return error;
  }
  return 0;
}

int32_t cmpi_sum(void *values, int64_t count, cmpi_type type) { return reduce(values, count, type, MPI_SUM); }

int32_t cmpi_max(void *values, int64_t count, cmpi_type type) { return reduce(values, count, type, larger); }

// Adds the parts of all ranks in `parts`, `count` elements each, into the first.
static void add_parts(void *parts, int64_t count, cmpi_type type) {
  for (int32_t rank = 1; rank < rank_count; rank++) {
    if (type == CMPI_DOUBLE) {
      double *sum = parts, *part = sum + rank * count;
      for (int64_t i = 0; i < count; i++) sum[i] += part[i];
    } else {
      float *sum = parts, *part = sum + rank * count;
      for (int64_t i = 0; i < count; i++) sum[i] += part[i];
    }
  }
}

int32_t cmpi_ordered_sum(void *values, int64_t count, cmpi_type type, void *scratch) {
  int64_t limit = most / rank_count * rank_count;
  for (; count > 0; count -= limit, values = (char *)values + limit * width(type)) {
    int64_t piece = count < limit ? count : limit;
    // Each rank adds up an equal share of the elements, and then all have all shares.
    int share = (int)((piece + rank_count - 1) / rank_count);
    int64_t whole = (int64_t)share * rank_count;
    char *padded = scratch, *parts = padded + whole * width(type);
    memcpy(padded, values, (size_t)(piece * width(type)));
    memset(padded + piece * width(type), 0, (size_t)((whole - piece) * width(type)));
    int error = MPI_Alltoall(padded, share, datatype(type), parts, share, datatype(type), ours);
    if (error) return error;
    add_parts(parts, share, type);
    if ((error = MPI_Allgather(parts, share, datatype(type), padded, share, datatype(type), ours))) return error;
    memcpy(values, padded, (size_t)(piece * width(type)));
  }
  return 0;
}

static int32_t broadcast(void *bytes, int64_t count, int32_t root) {
  for (; count > 0; count -= most, bytes = (char *)bytes + most) {
    int error = MPI_Bcast(bytes, (int)(count < most ? count : most), MPI_BYTE, root, ours);
    if (error) return error;
  }
  return 0;
}

int32_t cmpi_gather(const void *part, void *whole, int64_t count) {
  if (count <= most) return MPI_Allgather(part, (int)count, MPI_BYTE, whole, (int)count, MPI_BYTE, ours);
  // Pieces of an Allgather would lie in the wrong places; each rank tells its part in turn.
  for (int32_t rank = 0; rank < rank_count; rank++) {
    char *place = (char *)whole + rank * count;
    if (rank == own_rank) memcpy(place, part, (size_t)count);
    int error = broadcast(place, count, rank);
    if (error) return error;
  }
  return 0;
}

int32_t cmpi_broadcast(void *bytes, int64_t count) { return broadcast(bytes, count, 0); }

int32_t cmpi_finalize(void) {
  if (larger != MPI_OP_NULL) MPI_Op_free(&larger);
  if (ours != MPI_COMM_NULL) MPI_Comm_free(&ours);
  return MPI_Finalize();
}

void cmpi_abort(int32_t code) { MPI_Abort(MPI_COMM_WORLD, code); }

const char *cmpi_error(int32_t error) {
  static char text[MPI_MAX_ERROR_STRING];
  int length;
  if (MPI_Error_string(error, text, &length)) return "unknown error";
  return text;
}

#endif
