"""Between the admin API's shapes and the domain's values, a module a resource."""
