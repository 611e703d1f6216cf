// case outside of a switch.
int f(int a) { case 1: return a; }
