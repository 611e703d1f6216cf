// goto to a label that is not there.
int f(int a) { if (a) goto out; return 1; ot: return 0; }
