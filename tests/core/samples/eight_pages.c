static long a[8 * 512];
__attribute__((force_align_arg_pointer)) void _start(void) {
  volatile long *p = a; long s = 0;
  for (int round = 0; round < 2; round++)
    for (int page = 0; page < 8; page++) { s += p[page * 512]; p[page * 512 + 1] = s; p[page * 512 + 2] += 1; }
  __asm__ volatile("syscall" :: "a"(60), "D"(0));
}
