// Starts Swagger UI with the spec that the page names.
const container = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: container.dataset.spec,
  domNode: container,
  deepLinking: true,
  // Otherwise Swagger UI asks an outside service to validate the spec.
  validatorUrl: null,
  tryItOutEnabled: true,
});
