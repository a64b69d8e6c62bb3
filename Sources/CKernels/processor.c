// What the libraries below need of a processor; without it they end in SIGILL before main begins.
#if defined(__x86_64__) && defined(__linux__)
#include <unistd.h>

static void require_processor(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("ssse3")) return;
  static const char text[] =
    "error: this processor lacks SSSE3, which advas needs\n"
    "  any of Intel's since 2006 or of AMD's since 2011 has it\n";
  // Nobody is left to hear of a message that cannot be written.
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(1);
  _exit(1);
}

/// Called before the constructors of shared libraries.
__attribute__((section(".preinit_array"), used)) static void (*const check)(void) = require_processor;
#endif
