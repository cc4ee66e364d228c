//! String algorithms over PEP 393 storage; knows no objects.
