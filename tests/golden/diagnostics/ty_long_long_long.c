// long three times.
long long long x;
