// More values than elements.
int x[2] = {1, 2, 3};
