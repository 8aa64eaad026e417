// No validator of somebody else's is asked: the document is checked by a test.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", validatorUrl: null, deepLinking: true, tryItOutEnabled: true, defaultModelsExpandDepth: 0 });
