"""`python -m bench`: all measurements that need nothing but this repository and what is given by options."""

from bench import counting
from bench.pose import main

if __name__ == "__main__":
    print(counting.report())
    main()
