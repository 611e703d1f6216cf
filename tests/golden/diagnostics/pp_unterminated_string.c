// A string without its end.
char x[] = "hello;
int y;
