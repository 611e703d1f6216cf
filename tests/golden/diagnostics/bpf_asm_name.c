// A named operand misspelt.
int f(int a) { asm volatile("%[value] += 1" : [valu] "+r"(a)); return a; }
