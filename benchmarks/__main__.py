"""`make bench`: every benchmark, one after the other."""

from benchmarks import sign_in

if __name__ == "__main__":
    sign_in.main()
