// A typedef with a value.
typedef int number = 3;
