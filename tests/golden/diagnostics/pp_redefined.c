// A macro that gets another value.
#define SIZE 10
#define SIZE 12
int x = SIZE;
