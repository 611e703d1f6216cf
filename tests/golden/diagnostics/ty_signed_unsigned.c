// Two kinds at once.
signed unsigned int x;
