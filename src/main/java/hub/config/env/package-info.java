/** Gives Camel the variables of {@code .env}. */
package hub.config.env;
