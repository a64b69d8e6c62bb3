#include <errno.h>
#include <hdf5.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Asks the library all that a reader of `array` will ask; its answers do not matter.
static inline void advas_h5_ask(const char *path, const char *array) {
  hsize_t sizes[H5S_MAX_RANK], box[H5S_MAX_RANK], origin[H5S_MAX_RANK] = {0};
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) return;
  hid_t dataset = H5Dopen2(file, array, H5P_DEFAULT);
  if (dataset < 0) return;
  hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset), properties = H5Dget_create_plist(dataset);
  int rank = H5Sget_simple_extent_ndims(space);
  size_t sign, place, width, fraction, fraction_width;
  if (rank < 1 || rank > 8 || H5Sget_simple_extent_dims(space, sizes, NULL) < 0) return;
  if (H5Tget_class(type) == H5T_FLOAT) H5Tget_fields(type, &sign, &place, &width, &fraction, &fraction_width);
  H5D_fill_value_t state;
  size_t bytes = H5Tget_size(type);
  char value[16];
  if (bytes <= sizeof value && H5Pfill_value_defined(properties, &state) >= 0) H5Pget_fill_value(properties, type, value);
  hid_t creation = H5Fget_create_plist(file);
  hsize_t block;
  H5Pget_userblock(creation, &block);
  if (H5Pget_layout(properties) != H5D_CHUNKED) {
    H5Dget_storage_size(dataset), H5Dget_offset(dataset);
    return;
  }
  if (H5Pget_chunk(properties, rank, box) != rank) return;
  for (int axis = 0; axis < rank; axis++) {
    if (!box[axis]) return;
  }
  // The first chunks in turn; a reader ends at the first that is not to be found, too.
  for (int asked = 0; asked < 1 << 14; asked++) {
    uint32_t mask;
    haddr_t address;
    hsize_t size;
    if (H5Dget_chunk_info_by_coord(dataset, origin, &mask, &address, &size) < 0) return;
    int axis = rank - 1;
    while (axis >= 0 && (origin[axis] += box[axis]) >= sizes[axis]) origin[axis--] = 0;
    if (axis < 0) return;
  }
}

// Whether a process of its own survives what a reader of `array` will ask: libhdf5 1.10 follows some damage in the tables of
// a file beyond its memory. 0 where it crashes or does not end within `seconds` of work; 1 too where no process can be had.
static inline int advas_h5_survives(const char *path, const char *array, unsigned seconds) {
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGXCPU};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
    struct rlimit none = {0, 0}, work = {seconds, seconds};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &work);
    // The C library would say something of a heap that is broken.
    close(STDERR_FILENO);
    advas_h5_ask(path, array);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 1;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
