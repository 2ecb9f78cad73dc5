"""``python -m centavo`` runs the command line."""

from centavo.cli import main

if __name__ == "__main__":
    main()
