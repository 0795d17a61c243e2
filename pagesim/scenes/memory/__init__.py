"""One memory, many programs: before paging, with it, over nodes, and past its end."""
