// A macro call without its closing parenthesis.
#define SQUARE(a) ((a) * (a))
int x = SQUARE(1;
