// An enumerator that no case takes.
enum color { RED, GREEN };
int f(enum color c) { switch (c) { case RED: return 1; } return 0; }
