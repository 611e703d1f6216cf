// A switch on a pointer.
int f(char *p) { switch (p) { case 0: return 1; } return 0; }
