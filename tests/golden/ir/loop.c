// A loop and a conditional as SSA: phis at the head, short circuits as branches.
int sum(int *a, int n)
{
	int total = 0;

	for (int i = 0; i < n && i < 8; i++)
		total += a[i] > 0 ? a[i] : -a[i];
	return total;
}
