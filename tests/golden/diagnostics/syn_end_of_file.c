// A program that stops in the middle.
int f(int a) { return a +
