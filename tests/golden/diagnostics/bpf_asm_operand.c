// An operand that is not there.
int f(int a) { asm volatile("%0 += %2" : "+r"(a) : "r"(1)); return a; }
