"""Every fault of the menus against the product's own clients and the whole path; docs/faults.md lists them."""
