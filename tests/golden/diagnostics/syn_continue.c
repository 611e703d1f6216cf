// continue in a switch.
int f(int a) { switch (a) { case 1: continue; } return 0; }
