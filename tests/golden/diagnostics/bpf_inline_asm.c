// An instruction that BPF does not have.
int f(int a) { asm volatile("mov %0, 1" : "+r"(a)); return a; }
