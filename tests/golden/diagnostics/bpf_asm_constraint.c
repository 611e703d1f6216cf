// A constraint of another machine.
int f(int a) { asm volatile("%0 += 1" : "+x"(a)); return a; }
