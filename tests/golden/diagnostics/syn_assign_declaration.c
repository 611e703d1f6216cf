// A declaration without its type.
x = 3;
